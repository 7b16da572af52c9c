// Structures of a companion specification, as a client builds and reads them that knows only their
// DataTypeDefinition. Usage: node structures.mjs '{"url": ..., "uri": ...}'; prints one JSON object.
import opcua from "node-opcua-client";

const { AttributeIds, DataType, MessageSecurityMode, OPCUAClient, SecurityPolicy, UserTokenType } =
  opcua;
const { VariantArrayType, resolveNodeId } = opcua;
const ask = JSON.parse(process.argv[2]);
const answer = {};
const client = OPCUAClient.create({
  endpointMustExist: false,
  connectionStrategy: { maxRetry: 1, initialDelay: 100 },
  securityMode: MessageSecurityMode.None,
  securityPolicy: SecurityPolicy.None,
});
await client.connect(ask.url);
const session = await client.createSession({
  type: UserTokenType.UserName,
  userName: ask.user,
  password: ask.password,
});
try {
  const index = (await session.readNamespaceArray()).indexOf(ask.uri);
  const id = (name) => `ns=2;s=${name}`;
  const read = (nodeId, attributeId = AttributeIds.Value) => session.read({ nodeId, attributeId });
  const order = await session.constructExtensionObject(resolveNodeId(`ns=${index};i=${ask.type}`), {
    jobOrderID: "N-1",
    priority: 5,
    description: [{ text: "Hundred boards" }],
    jobOrderParameters: [
      { ID: "Quantity", value: { dataType: DataType.Double, value: 100 } },
    ],
  });
  const result = await session.call({
    objectId: id("RFL.Orders"),
    methodId: id("RFL.Orders.Store"),
    inputArguments: [
      { dataType: DataType.ExtensionObject, value: order },
      { dataType: DataType.LocalizedText, arrayType: VariantArrayType.Array, value: [] },
    ],
  });
  answer.stored = result.statusCode.name;
  answer.returned = result.outputArguments[0]?.value;
  const listed = (await read(id("RFL.Orders.JobOrderList"))).value.value;
  answer.orders = listed.map((row) => row.jobOrder.toJSON());
  const master = (await read(id("RFL.Orders.WorkMaster"))).value.value;
  answer.master = (Array.isArray(master) ? master : [master]).map((row) => row.toJSON());
  const definition = await read(`ns=${index};i=${ask.type}`, AttributeIds.DataTypeDefinition);
  answer.fields = definition.value.value.fields.map((field) => field.name);
} finally {
  await session.close();
  await client.disconnect();
}
console.log(JSON.stringify(answer));

// Finds machines by published specifications only, with a client this project did not write.
// Usage: node machines.mjs '{"url": ..., "machine": ..., "changes": ...}'; prints one JSON object.
import opcua from "node-opcua-client";

const { AttributeIds, ClientSubscription, DataType, OPCUAClient, TimestampsToReturn } = opcua;
const { ClientMonitoredItem, BrowseDirection, makeBrowsePath } = opcua;

const ask = JSON.parse(process.argv[2]);
const UA = "http://opcfoundation.org/UA/";
const client = OPCUAClient.create({
  endpointMustExist: false,
  connectionStrategy: { maxRetry: 1, initialDelay: 100 },
});
await client.connect(ask.url);
const session = await client.createSession();
const answer = { machines: {} };
try {
  const uris = await session.readNamespaceArray();
  const index = (name) => uris.indexOf(`${UA}${name}/`);
  const [di, machinery, tool] = ["DI", "Machinery", "MachineTool"].map(index);
  const blocks = `/${machinery}:MachineryBuildingBlocks`;
  const found = await session.browse({
    nodeId: `ns=${machinery};i=1001`,
    referenceTypeId: "Organizes",
    browseDirection: BrowseDirection.Forward,
    resultMask: 63,
  });
  for (const reference of found.references) {
    answer.machines[reference.browseName.name] = {
      type: `${reference.typeDefinition}`,
      serial: await value(reference.nodeId, `/${di}:Identification/${di}:SerialNumber`),
      state: (await value(reference.nodeId, `${blocks}/${machinery}:MachineryItemState/CurrentState`))
        ?.text,
      mode: (
        await value(reference.nodeId, `${blocks}/${machinery}:MachineryOperationMode/CurrentState`)
      )?.text,
      counted: await value(reference.nodeId, `${blocks}/${di}:OperationCounters/${di}:PowerOnDuration`),
      health: await value(reference.nodeId, `/${di}:DeviceHealth`),
    };
  }
  answer.toolType = `ns=${tool};i=13`;
  const machine = found.references.find((one) => one.browseName.name === ask.machine).nodeId;
  const program = `/${tool}:Production/${tool}:ActiveProgram`;
  answer.program = await value(machine, `${program}/${tool}:Name`);
  answer.changes = await changes(
    await at(machine, `${blocks}/${machinery}:MachineryItemState/CurrentState`),
    ask.changes,
  );
} finally {
  await session.close();
  await client.disconnect();
}
console.log(JSON.stringify(answer));

async function at(node, path) {
  const result = await session.translateBrowsePath(makeBrowsePath(node, path));
  return result.targets?.[0]?.targetId;
}

async function value(node, path) {
  const nodeId = await at(node, path);
  if (!nodeId) return null;
  const read = await session.read({ nodeId, attributeId: AttributeIds.Value });
  const held = read.value.value;
  return read.value.dataType === DataType.UInt64 ? Number(held) : held;
}

async function changes(nodeId, number) {
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: 50,
    requestedLifetimeCount: 1000,
    requestedMaxKeepAliveCount: 10,
    publishingEnabled: true,
  });
  const item = ClientMonitoredItem.create(
    subscription,
    { nodeId, attributeId: AttributeIds.Value },
    { samplingInterval: 0, queueSize: 100, discardOldest: false },
    TimestampsToReturn.Both,
  );
  const told = [];
  await new Promise((done) => {
    item.on("changed", (data) => {
      told.push([data.value.value.text, data.sourceTimestamp.toISOString()]);
      if (told.length >= number) done();
    });
  });
  await subscription.terminate();
  return told;
}

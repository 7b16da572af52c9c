// Everything the end-to-end test asks of a client this project did not write (node-opcua).
// Usage: node client.mjs '{"url": ..., "line": ..., ...}'; prints one JSON object.
import certificates from "node-opcua-certificate-manager";
import opcua from "node-opcua-client";

const {
  AttributeIds,
  ClientMonitoredItem,
  ClientSubscription,
  DataType,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  TimestampsToReturn,
  UserTokenType,
} = opcua;

const ask = JSON.parse(process.argv[2]);
const answer = {};
const id = (name) => `ns=2;s=${name}`;

const options = {
  endpointMustExist: false,
  connectionStrategy: { maxRetry: 1, initialDelay: 100 },
  securityMode: MessageSecurityMode[ask.mode ?? "None"],
  securityPolicy: SecurityPolicy[ask.policy ?? "None"],
  requestedSessionTimeout: 60000,
};
if (ask.pki) {
  const manager = new certificates.OPCUACertificateManager({
    rootFolder: ask.pki,
    automaticallyAcceptUnknownCertificate: true,
  });
  await manager.initialize();
  options.clientCertificateManager = manager;
}
const client = OPCUAClient.create(options);
await client.connect(ask.url);
const user = ask.user
  ? { type: UserTokenType.UserName, userName: ask.user, password: ask.password }
  : { type: UserTokenType.Anonymous };

let session;
try {
  session = await client.createSession(user);
} catch (error) {
  answer.login = String(error.message);
}
if (session) {
  try {
    await use(session);
  } finally {
    await session.close();
  }
}
await client.disconnect();
console.log(JSON.stringify(answer));

async function use(session) {
  answer.login = "Good";
  answer.namespace = (await session.readNamespaceArray())[2];
  answer.objects = await names(session, "ObjectsFolder");
  answer.stations = await names(session, id(ask.line));
  answer.tags = await names(session, id(ask.station));
  answer.browsed = await walk(session, id(ask.line));
  const properties = await names(session, id(ask.tag));
  answer.properties = properties;
  const range = await session.read({ nodeId: id(`${ask.tag}.EURange`), attributeId: AttributeIds.Value });
  answer.range = [range.value.value.low, range.value.value.high];
  const unit = await session.read({
    nodeId: id(`${ask.tag}.EngineeringUnits`),
    attributeId: AttributeIds.Value,
  });
  answer.unit = [unit.value.value.displayName.text, unit.value.value.unitId];
  const value = await session.read({ nodeId: id(ask.tag), attributeId: AttributeIds.Value });
  answer.read = { value: value.value.value, status: value.statusCode.name, source: value.sourceTimestamp };

  answer.notified = await subscribe(session);

  const write = { nodeId: id(ask.setpoint), attributeId: AttributeIds.Value };
  const as = (number) => ({ ...write, value: { value: { dataType: DataType.Double, value: number } } });
  answer.write = (await session.write(as(ask.good))).name;
  answer.wrongWrite = (await session.write(as(ask.bad))).name;

  answer.stop = await call(session, ask.line, "Stop", []);
  answer.start = await call(session, ask.line, "Start", []);
  answer.inject = await call(session, ask.line, "InjectFault", [
    { dataType: DataType.String, value: ask.fault },
    { dataType: DataType.Double, value: 1.0 },
  ]);

  const [from, to] = ask.history.map((text) => new Date(text));
  const history = await session.readHistoryValue(id(ask.tag), from, to);
  answer.history = {
    status: history.statusCode.name,
    rows: (history.historyData?.dataValues ?? []).map((row) => [row.sourceTimestamp, row.value.value]),
  };
}

async function names(session, nodeId) {
  const found = await session.browse({ nodeId, browseDirection: 0, includeSubtypes: true, resultMask: 63,
    referenceTypeId: "HierarchicalReferences" });
  return found.references.map((reference) => reference.browseName.name);
}

async function walk(session, nodeId) {
  const found = await session.browse({ nodeId, browseDirection: 0, includeSubtypes: true, resultMask: 63,
    referenceTypeId: "HierarchicalReferences" });
  let count = found.references.length;
  for (const reference of found.references) count += await walk(session, reference.nodeId.toString());
  return count;
}

async function call(session, owner, method, inputArguments) {
  const result = await session.call({
    objectId: id(owner),
    methodId: id(`${owner}.${method}()`),
    inputArguments,
  });
  return result.statusCode.name;
}

async function subscribe(session) {
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: 100,
    requestedLifetimeCount: 100,
    requestedMaxKeepAliveCount: 10,
    publishingEnabled: true,
  });
  const seen = [];
  const item = ClientMonitoredItem.create(
    subscription,
    { nodeId: id(ask.watched ?? ask.tag), attributeId: AttributeIds.Value },
    { samplingInterval: 100, queueSize: 20, discardOldest: true },
    TimestampsToReturn.Both,
  );
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no notifications in time")), 30000);
    item.on("changed", (value) => {
      seen.push([value.sourceTimestamp, value.value.value, value.statusCode.name]);
      if (seen.length >= ask.notifications) {
        clearTimeout(late);
        resolve();
      }
    });
  });
  await subscription.terminate();
  return seen;
}

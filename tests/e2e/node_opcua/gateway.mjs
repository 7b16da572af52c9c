// A node-opcua client as a gateway has it: subscribes once, and mends itself when the server is disturbed.
// Usage: node gateway.mjs '{"url": ..., "tag": ...}'; prints a JSON row for each event, ends on "end".
import opcua from "node-opcua-client";

const { AttributeIds, ClientMonitoredItem, ClientSubscription, OPCUAClient, TimestampsToReturn } = opcua;

const ask = JSON.parse(process.argv[2]);
const say = (row) => console.log(JSON.stringify(row));

const client = OPCUAClient.create({
  endpointMustExist: false,
  connectionStrategy: { maxRetry: -1, initialDelay: 100, maxDelay: 500 },
  keepSessionAlive: true,
  requestedSessionTimeout: 20000,
});
client.on("connection_lost", () => say({ event: "lost" }));
client.on("connection_reestablished", () => say({ event: "restored" }));

await client.connect(ask.url);
const session = await client.createSession();
session.on("session_restored", () => say({ event: "session" }));
const subscription = ClientSubscription.create(session, {
  requestedPublishingInterval: 100,
  requestedLifetimeCount: 600,
  requestedMaxKeepAliveCount: 10,
  maxNotificationsPerPublish: 0,
  publishingEnabled: true,
  priority: 0,
});
const item = ClientMonitoredItem.create(
  subscription,
  { nodeId: ask.tag, attributeId: AttributeIds.Value },
  { samplingInterval: 100, queueSize: 100, discardOldest: true },
  TimestampsToReturn.Both,
);
item.on("changed", (value) =>
  say({ event: "value", status: value.statusCode.name, source: value.sourceTimestamp }),
);

process.stdin.once("data", async () => {
  await session.close();
  await client.disconnect();
  process.exit(0);
});

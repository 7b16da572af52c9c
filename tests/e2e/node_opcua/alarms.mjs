// The current alarm display of node-opcua, and what a person does with one alarm of it.
// Usage: node alarms.mjs '{"url": ..., "condition": "ns=2;s=..."}'; prints one JSON object.
import opcua from "node-opcua-client";

const { OPCUAClient, installAlarmMonitoring, uninstallAlarmMonitoring } = opcua;
const ask = JSON.parse(process.argv[2]);
const client = OPCUAClient.create({
  endpointMustExist: false,
  connectionStrategy: { maxRetry: 1, initialDelay: 100 },
});
await client.connect(ask.url);
const session = await client.createSession();
const shown = await installAlarmMonitoring(session);
const find = () => [...shown.alarms()].find((one) => one.conditionId.toString() === ask.condition);
const fields = (alarm) => ({
  name: alarm.fields.conditionName.value,
  source: alarm.fields.sourceName.value,
  severity: alarm.fields.severity.value,
  time: alarm.fields.time.value,
  active: alarm.fields.activeState.id.value,
  acknowledged: alarm.fields.ackedState.id.value,
  confirmed: alarm.fields.confirmedState.id.value,
  comment: alarm.fields.comment.value.text,
  retain: alarm.fields.retain.value,
});

async function until(test) {
  for (let tries = 0; tries < 200; tries += 1) {
    const alarm = find();
    if (alarm && test(fields(alarm))) return alarm;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`did not come: ${test} ${JSON.stringify([...shown.alarms()].length)}`);
}

const acts = [];
const act = async (name, alarm) => {
  const status = await session[name](alarm.conditionId, alarm.eventId, `${name} by node`);
  acts.push([name, status.name]);
};
let alarm = await until((one) => one.active);
const first = fields(alarm);
const stale = { conditionId: alarm.conditionId, eventId: Buffer.from("nobody knows it") };
await act("acknowledgeCondition", stale);
await act("acknowledgeCondition", alarm);
alarm = await until((one) => one.acknowledged);
await act("acknowledgeCondition", alarm);
await act("addCommentCondition", alarm);
alarm = await until((one) => one.comment.startsWith("addComment"));
await act("confirmCondition", alarm);
const last = fields(await until((one) => one.confirmed));
console.log(JSON.stringify({ count: shown.length, first, acts, last }));
await uninstallAlarmMonitoring(session);
await session.close();
await client.disconnect();

// What the types of www/api/ringscope.d.ts allow and what they refuse. TypeScript is no dependency of
// this repository; whoever changes the types checks them by:
//
//   npx --package typescript@5 tsc --noEmit --strict --target es2022 --module esnext \
//     --moduleResolution bundler --lib es2022,dom tests/types/api.ts

import { Cluster, DynamoDBServiceException, RingscopeError, load } from "../../www/api/ringscope.js";
import type { AttributeValue, ClusterEvent, ItemInput } from "../../www/api/ringscope.js";

export async function allowed(): Promise<void> {
  await load(new URL("engine_bg.wasm", "https://example.org/"));
  const cluster: Cluster = await Cluster.new({ nodes: 5, network: "wan", seed: 7n, record: false });
  await cluster.send("ListTables");
  const item: ItemInput = { id: { S: "1" }, photo: { B: new Uint8Array(3) }, list: { L: [{ NULL: true }] } };
  const { Attributes } = await cluster.send("PutItem", { TableName: "T", Item: item, ReturnValues: "ALL_OLD" });
  const value: AttributeValue | undefined = Attributes?.["id"];
  if (value && "S" in value) value.S.trim();

  const { Items = [], Count } = cluster.sendSync("Query", { TableName: "T", KeyConditionExpression: "id = :id" });
  Items.length === Count;

  const [put, get] = cluster.sendAll([
    ["PutItem", { TableName: "T", Item: item }],
    ["GetItem", { TableName: "T", Key: { id: { S: "1" } } }],
  ]);
  if (get.status === "fulfilled") get.value.Item?.["id"];
  if (put.status === "rejected") put.reason;

  const end: () => void = cluster.subscribe((event: ClusterEvent) => {
    if (event.type === "delivered") event.took.toFixed(event.from.length);
    if (event.type === "crashed") event.node.toLowerCase();
    if (event.type === "answered" && event.answer === "failed") event.text.length;
  });
  end();
  cluster.command("crash B").split("\n");
  cluster.advance(cluster.now);
  cluster.restore(cluster.snapshot());
  try {
    await cluster.send("DescribeTable", { TableName: "T" });
  } catch (error) {
    if (error instanceof DynamoDBServiceException && error.name === "ConditionalCheckFailedException") error.Item?.["id"];
    if (error instanceof RingscopeError) error.kind satisfies string;
  }
  cluster.free();
}

export async function refused(cluster: Cluster): Promise<void> {
  // @ts-expect-error: there is no such operation.
  await cluster.send("PutItems", {});
  // @ts-expect-error: the input is missing.
  await cluster.send("PutItem");
  // @ts-expect-error: a key is missing.
  await cluster.send("GetItem", { TableName: "T" });
  // @ts-expect-error: numbers are texts.
  await cluster.send("PutItem", { TableName: "T", Item: { id: { N: 5 } } });
  // @ts-expect-error: clusters are made by Cluster.new.
  new Cluster();
  // @ts-expect-error: there is no such network.
  await Cluster.new({ network: "moon" });
  // @ts-expect-error: only messages have a sender.
  cluster.subscribe((event) => event.type === "crashed" && event.from);
}

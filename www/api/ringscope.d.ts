/**
 * Ringscope: a Dynamo-style database cluster in the memory of a page, which answers DynamoDB's
 * requests, in a network, with disks, clocks and faults that are simulated and in your hands.
 *
 * ```js
 * import { Cluster } from "https://example.org/ringscope/api/ringscope.js";
 *
 * const cluster = await Cluster.new({ nodes: 5, n: 3, r: 2, w: 2, seed: 7 });
 * await cluster.send("PutItem", { TableName: "Airports", Item: { iata: { S: "SEA" } } });
 * ```
 *
 * Nothing of this comes from a clock or from chance: time is virtual and passes only while a request
 * is answered, in `advance`, and in lines that let it pass; the same calls with the same seed give
 * the same run, in any browser.
 */

/**
 * Loads the engine, once. `Cluster.new` does so by itself; this is for whoever wants it earlier, or
 * from elsewhere than beside this module.
 *
 * @param source Where `engine_bg.wasm` is, or what is in it.
 */
export function load(
  source?: string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module,
): Promise<void>;

/** A cluster of nodes, and one client of it. */
export class Cluster {
  /**
   * Sets a cluster up.
   *
   * @throws {TypeError} if a member is unknown or of a wrong type.
   * @throws {RingscopeError} if there can be no such cluster: N replicas need N nodes.
   */
  static new(config?: ClusterConfig): Promise<Cluster>;

  private constructor();

  /** Virtual time since the cluster began, in milliseconds, exact to the microsecond. */
  readonly now: number;

  /**
   * Sends a request and resolves to its output.
   *
   * What is sent in one go, before anything that is awaited continues, enters at one virtual instant
   * and contends; then time passes as far as the answers need:
   *
   * ```js
   * await Promise.all([cluster.send("UpdateItem", one), cluster.send("UpdateItem", other)]);
   * ```
   *
   * Rejects with a {@link DynamoDBServiceException}; with a TypeError where an input holds what no
   * request can, such as a function.
   */
  send<O extends Operation>(operation: O, ...input: InputArguments<O>): Promise<OutputOf<O>>;

  /** The same at once: all time that the answer needs has passed when it returns. The fastest way. */
  sendSync<O extends Operation>(operation: O, ...input: InputArguments<O>): OutputOf<O>;

  /**
   * Sends requests that enter at one virtual instant, in this order, and returns once all have their
   * responses. One that fails does not hinder the others.
   */
  sendAll<const R extends readonly OperationRequest[]>(
    requests: R,
  ): { -readonly [I in keyof R]: PromiseSettledResult<OutputOf<R[I][0]>> };

  /**
   * Carries out a line of the scenario language, or several, and returns what they show: `crash B`,
   * `split A B`, `set w=3`, `replicas Airports SEA`, `run 2s`, `digest`, …
   *
   * @throws {RingscopeError} if one makes no sense, or not now. Those before it were carried out.
   */
  command(text: string): string;

  /**
   * Lets virtual time pass.
   *
   * @throws {TypeError} if that is no number of milliseconds.
   * @throws {RingscopeError} if virtual time would end before.
   */
  advance(ms: number): void;

  /**
   * Has `listener` told every event from now on, in order: when the call that made it happen is
   * done, and before it returns. A listener may call the cluster; what that makes happen is told
   * after all that happened before. What a listener throws is reported as an uncaught error and
   * hinders nobody.
   *
   * A cluster that keeps no record has no events of messages that only leave and arrive, or of synced
   * disks.
   *
   * @returns Ends it.
   */
  subscribe(listener: (event: ClusterEvent) => void): () => void;

  /**
   * The whole cluster in bytes: items, messages under way, faults, clocks. What goes on from them is
   * the same to the last bit, with this version of Ringscope; later versions read the data in them.
   */
  snapshot(): Uint8Array;

  /**
   * Goes on as the cluster that a snapshot was taken of. What was before is forgotten. A snapshot of
   * another version of Ringscope is restored as its data alone, in a cluster at rest; then this returns
   * a sentence that says so.
   *
   * @throws {RingscopeError} of the kind `damaged`, and nothing has changed.
   */
  restore(bytes: Uint8Array | ArrayBuffer): string | undefined;

  /** Gives the cluster's memory back at once; otherwise that happens when nobody has it any more. */
  free(): void;
}

/**
 * How a cluster is set up: the arguments of the scenario language's `cluster` line, by their names.
 * Spans of time are written `"500us"`, `"20ms"`, `"2s"`.
 */
export interface ClusterConfig {
  /** Number of nodes: 1 to 256. Default: 5. */
  nodes?: number;
  /** Vnodes per node. Default: 16. */
  vnodes?: number;
  /** How token ranges are dealt out. Default: `"random"`. */
  placement?: "random" | "equal";
  /** Replicas per item. Default: 3. */
  n?: number;
  /** Votes that a consistent read needs, and a short-form `get`. Default: 2. */
  r?: number;
  /** Votes that a write needs. Default: 2. */
  w?: number;
  /** Where all chance comes from. Default: 1. A bigint for what no number has exactly. */
  seed?: number | bigint;
  /** Latencies. Default: `"lan"`. */
  network?: "ideal" | "lan" | "wan" | "lnkd-ssd" | "lnkd-disk" | "ymmr";
  /** To which node a request goes first. Default: `"round-robin"`. */
  routing?: "round-robin" | "token-aware";
  /** How long a coordinator waits for votes. Default: `"1s"`. */
  timeout?: string;
  /** Whose votes count. Default: `"strict"`. */
  quorum?: "strict" | "sloppy";
  /** Whether writes that miss an owner leave a hint elsewhere. Default: `"on"`. */
  handoff?: "on" | "off";
  /** What a read does about stale replicas. Default: `"async"`. */
  repair?: "off" | "async" | "blocking";
  /** Where versions get their timestamps from. Default: `"wall"`. */
  timestamps?: "wall" | "hlc" | "quorum";
  /** How often a node gossips, or `"off"`. */
  gossip?: string;
  /** How often a node compares its Merkle trees, or `"off"`. */
  anti_entropy?: string;
  /** Whether tombstones are collected. Default: `"on"`. */
  collection?: "on" | "off";
  /** What the balancer evens out. Default: `"off"`. */
  balancer?: "off" | "storage" | "throughput";
  /**
   * Whether the cluster keeps a record of its run: every command, the digest of every event. With it
   * (the default) lines can go back in the run, and events include messages. Without it requests are
   * several times as fast, and memory holds what the cluster holds, however long it runs; lines that
   * go elsewhere in the run then have nowhere to go.
   */
  record?: boolean;
}

// Errors.

/** An error of DynamoDB's. `name` says which, as with the AWS SDK. */
export class DynamoDBServiceException extends Error {
  private constructor();
  readonly name: DynamoDBErrorName;
  /** Whose fault: after one of the server's, a request may be tried again. */
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number };
  /**
   * What a failed condition met, if the request had
   * `ReturnValuesOnConditionCheckFailure: "ALL_OLD"` and there was an item.
   */
  readonly Item?: Item;
}

export type DynamoDBErrorName =
  | "BackupInUseException"
  | "BackupNotFoundException"
  | "ConditionalCheckFailedException"
  | "ContinuousBackupsUnavailableException"
  | "InternalServerError"
  | "InvalidRestoreTimeException"
  | "LimitExceededException"
  | "PointInTimeRecoveryUnavailableException"
  | "ProvisionedThroughputExceededException"
  | "ResourceInUseException"
  | "ResourceNotFoundException"
  | "SerializationException"
  | "ServiceUnavailableException"
  | "TableAlreadyExistsException"
  | "TableInUseException"
  | "TableNotFoundException"
  | "UnknownOperationException"
  | "ValidationException";

/** A line, a configuration or a snapshot that makes no sense, or not now. Nothing has changed. */
export class RingscopeError extends Error {
  private constructor();
  readonly name: "RingscopeError";
  readonly kind: "invalid" | "not-found" | "refused" | "damaged";
}

/** A bug of Ringscope's. The cluster is of no more use; others are. */
export class BrokenInvariantError extends Error {
  private constructor();
  readonly name: "BrokenInvariantError";
}

// Events.

/** Something that happened. Names are those that lines take: nodes `A`, messages `m17`. */
export type ClusterEvent =
  | StartedEvent
  | CommandedEvent
  | AskedEvent
  | AnsweredEvent
  | DepartingEvent
  | DeliveredEvent
  | DuplicatedEvent
  | StrandedEvent
  | NodeEvent
  | WorkloadEndedEvent
  | ArchivedEvent;

export interface AnyEvent {
  /** The event's number in the run. */
  readonly seq: number;
  /** Virtual time, in milliseconds. */
  readonly at: number;
  /** The event in words, as in the trace. */
  readonly text: string;
  /** Whether it is one of those that happen all the time, such as gossip. */
  readonly routine: boolean;
  /** The request that it is part of, such as `#3`. */
  readonly request?: string;
}

/** A fresh cluster; `command` is its line. */
export interface StartedEvent extends AnyEvent {
  readonly type: "started";
  readonly command: string;
}

/** Something that is no request was asked of the cluster; or, if it was `skipped`, made no sense when it was due. */
export interface CommandedEvent extends AnyEvent {
  readonly type: "commanded" | "skipped";
  readonly command: string;
}

/** A client begins a request: one for each item or page of DynamoDB's. */
export interface AskedEvent extends AnyEvent {
  readonly type: "asked";
  readonly request: string;
  readonly client: string;
  /** About what a line would say: `put Airports/SEA`. */
  readonly command: string;
}

/** A client has its answer. */
export interface AnsweredEvent extends AnyEvent {
  readonly type: "answered";
  readonly request: string;
  readonly client: string;
  readonly answer:
    | "written"
    | "read"
    | "page"
    | "changed"
    | "conditionFailed"
    | "rejected"
    | "failed";
  /** Milliseconds since it was asked. */
  readonly took: number;
}

export interface MessageEvent extends AnyEvent {
  readonly message: string;
  /** What it is: `write`, `ack`, `read`, `result`, `gossip`, … */
  readonly kind: string;
  /** A node, or a client. */
  readonly from: string;
  readonly to: string;
}

/** A message leaves, or will take longer than it said. */
export interface DepartingEvent extends MessageEvent {
  readonly type: "sent" | "delayed";
  /** When it will be there, if nothing happens to it. */
  readonly arrivesAt: number;
}

export interface DeliveredEvent extends MessageEvent {
  readonly type: "delivered";
  /** Milliseconds that it was under way. */
  readonly took: number;
}

/** There is a `copy` of a message under way. */
export interface DuplicatedEvent extends MessageEvent {
  readonly type: "duplicated";
  readonly copy: string;
  readonly arrivesAt: number;
}

/** A message came to a node that is down, is lost, or waits before a paused node. */
export interface StrandedEvent extends MessageEvent {
  readonly type: "refused" | "lost" | "held";
}

/** Something about a node: its disk was synced, it decided something (`noted`), it crashed, … */
export interface NodeEvent extends AnyEvent {
  readonly type:
    | "synced"
    | "noted"
    | "crashed"
    | "restarted"
    | "resumed"
    | "clockSet"
    | "wiped"
    | "tornRecordCut";
  readonly node: string;
}

export interface WorkloadEndedEvent extends AnyEvent {
  readonly type: "workloadEnded";
}

/** A backup or a restore has come to something. */
export interface ArchivedEvent extends AnyEvent {
  readonly type: "archived";
}

// Attribute values. Outputs have binaries as Uint8Array, as the AWS SDK has them; inputs may have them
// in Base64 as well, as DynamoDB's JSON has them.

/** A value in an output. Numbers are texts: they have up to 38 digits. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: Uint8Array }
  | { BOOL: boolean }
  | { NULL: true }
  | { M: Item }
  | { L: AttributeValue[] }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: Uint8Array[] };

/** An item, or a key, in an output. */
export interface Item {
  [attribute: string]: AttributeValue;
}

/** Bytes, or Base64. */
export type Binary = BufferSource | string;

/** A value in an input. */
export type AttributeValueInput =
  | { S: string }
  | { N: string }
  | { B: Binary }
  | { BOOL: boolean }
  | { NULL: true }
  | { M: ItemInput }
  | { L: readonly AttributeValueInput[] }
  | { SS: readonly string[] }
  | { NS: readonly string[] }
  | { BS: readonly Binary[] };

/** An item, or a key, in an input. */
export interface ItemInput {
  readonly [attribute: string]: AttributeValueInput;
}

// Operations.

/** What each operation takes and gives: DynamoDB's API Reference, version 2012-08-10. */
export interface Operations {
  BatchGetItem: { input: BatchGetItemInput; output: BatchGetItemOutput };
  BatchWriteItem: { input: BatchWriteItemInput; output: BatchWriteItemOutput };
  CreateBackup: { input: CreateBackupInput; output: { BackupDetails: BackupDetails } };
  CreateTable: { input: CreateTableInput; output: TableDescriptionOutput };
  DeleteBackup: { input: BackupInput; output: BackupDescriptionOutput };
  DeleteItem: { input: DeleteItemInput; output: WriteOutput };
  DeleteTable: { input: TableInput; output: TableDescriptionOutput };
  DescribeBackup: { input: BackupInput; output: BackupDescriptionOutput };
  DescribeContinuousBackups: { input: TableInput; output: ContinuousBackupsOutput };
  DescribeEndpoints: { input: EmptyInput; output: DescribeEndpointsOutput };
  DescribeLimits: { input: EmptyInput; output: DescribeLimitsOutput };
  DescribeTable: { input: TableInput; output: DescribeTableOutput };
  DescribeTimeToLive: { input: TableInput; output: DescribeTimeToLiveOutput };
  GetItem: { input: GetItemInput; output: GetItemOutput };
  ListBackups: { input: ListBackupsInput; output: ListBackupsOutput };
  ListTables: { input: ListTablesInput; output: ListTablesOutput };
  ListTagsOfResource: { input: ListTagsOfResourceInput; output: ListTagsOfResourceOutput };
  PutItem: { input: PutItemInput; output: WriteOutput };
  Query: { input: QueryInput; output: PageOutput };
  RestoreTableFromBackup: { input: RestoreFromBackupInput; output: RestoredTableOutput };
  RestoreTableToPointInTime: { input: RestoreToInstantInput; output: RestoredTableOutput };
  Scan: { input: ScanInput; output: PageOutput };
  TagResource: { input: TagResourceInput; output: EmptyOutput };
  UntagResource: { input: UntagResourceInput; output: EmptyOutput };
  UpdateContinuousBackups: { input: UpdateContinuousBackupsInput; output: ContinuousBackupsOutput };
  UpdateItem: { input: UpdateItemInput; output: WriteOutput };
  UpdateTable: { input: UpdateTableInput; output: TableDescriptionOutput };
  UpdateTimeToLive: { input: UpdateTimeToLiveInput; output: UpdateTimeToLiveOutput };
}

export type Operation = keyof Operations;
export type InputOf<O extends Operation> = Operations[O]["input"];
export type OutputOf<O extends Operation> = Operations[O]["output"];
/** The input, which may be left out where nothing in it is required. */
export type InputArguments<O extends Operation> =
  {} extends InputOf<O> ? [input?: InputOf<O>] : [input: InputOf<O>];
/** A request of {@link Cluster.sendAll}. */
export type OperationRequest = {
  [O in Operation]: readonly [operation: O, ...input: InputArguments<O>];
}[Operation];

export interface EmptyInput {}
export interface EmptyOutput {}

type ReturnConsumedCapacity = "INDEXES" | "TOTAL" | "NONE";
type ComparisonOperator =
  | "EQ"
  | "NE"
  | "LE"
  | "LT"
  | "GE"
  | "GT"
  | "NOT_NULL"
  | "NULL"
  | "CONTAINS"
  | "NOT_CONTAINS"
  | "BEGINS_WITH"
  | "IN"
  | "BETWEEN";
type Select = "ALL_ATTRIBUTES" | "ALL_PROJECTED_ATTRIBUTES" | "SPECIFIC_ATTRIBUTES" | "COUNT";
type Names = { readonly [placeholder: string]: string };

/** A comparison of the old kind, before there were expressions. */
export interface Comparison {
  ComparisonOperator: ComparisonOperator;
  AttributeValueList?: readonly AttributeValueInput[];
}

/** What a write of the old kind expects of an attribute. */
export interface ExpectedAttributeValue {
  Value?: AttributeValueInput;
  Exists?: boolean;
  ComparisonOperator?: ComparisonOperator;
  AttributeValueList?: readonly AttributeValueInput[];
}

interface Conditional {
  ConditionExpression?: string;
  ExpressionAttributeNames?: Names;
  ExpressionAttributeValues?: ItemInput;
  ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE";
  ReturnConsumedCapacity?: ReturnConsumedCapacity;
  ReturnItemCollectionMetrics?: "SIZE" | "NONE";
  Expected?: { readonly [attribute: string]: ExpectedAttributeValue };
  ConditionalOperator?: "AND" | "OR";
}

export interface PutItemInput extends Conditional {
  TableName: string;
  Item: ItemInput;
  ReturnValues?: "NONE" | "ALL_OLD";
}

export interface DeleteItemInput extends Conditional {
  TableName: string;
  Key: ItemInput;
  ReturnValues?: "NONE" | "ALL_OLD";
}

export interface UpdateItemInput extends Conditional {
  TableName: string;
  Key: ItemInput;
  UpdateExpression?: string;
  ReturnValues?: "NONE" | "ALL_OLD" | "ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW";
  AttributeUpdates?: {
    readonly [attribute: string]: {
      Value?: AttributeValueInput;
      Action?: "ADD" | "PUT" | "DELETE";
    };
  };
}

export interface WriteOutput {
  /** What `ReturnValues` asks for. */
  Attributes?: Item;
  ConsumedCapacity?: ConsumedCapacity;
  ItemCollectionMetrics?: ItemCollectionMetrics;
}

interface Reading {
  /** Whether it sees every write that was acknowledged before. Default: false, of one replica. */
  ConsistentRead?: boolean;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Names;
  AttributesToGet?: readonly string[];
}

export interface GetItemInput extends Reading {
  TableName: string;
  Key: ItemInput;
  ReturnConsumedCapacity?: ReturnConsumedCapacity;
}

export interface GetItemOutput {
  /** Not there if there is no such item. */
  Item?: Item;
  ConsumedCapacity?: ConsumedCapacity;
}

interface Paging extends Reading {
  TableName: string;
  IndexName?: string;
  /** At most so many items are looked at, before any filter. */
  Limit?: number;
  Select?: Select;
  FilterExpression?: string;
  ExpressionAttributeValues?: ItemInput;
  /** The `LastEvaluatedKey` of the page before. */
  ExclusiveStartKey?: ItemInput;
  ReturnConsumedCapacity?: ReturnConsumedCapacity;
  ConditionalOperator?: "AND" | "OR";
}

export interface QueryInput extends Paging {
  KeyConditionExpression?: string;
  /** False: from the highest sort key down. */
  ScanIndexForward?: boolean;
  KeyConditions?: { readonly [attribute: string]: Comparison };
  QueryFilter?: { readonly [attribute: string]: Comparison };
}

export interface ScanInput extends Paging {
  Segment?: number;
  TotalSegments?: number;
  ScanFilter?: { readonly [attribute: string]: Comparison };
}

export interface PageOutput {
  /** Not there with `Select: "COUNT"`. */
  Items?: Item[];
  Count: number;
  ScannedCount: number;
  /** Where the next page begins; not there after the last one. */
  LastEvaluatedKey?: Item;
  ConsumedCapacity?: ConsumedCapacity;
}

/** Keys of one table, and how their items are read. */
export interface KeysAndAttributes extends Reading {
  Keys: readonly ItemInput[];
}

export interface BatchGetItemInput {
  RequestItems: { readonly [table: string]: KeysAndAttributes };
  ReturnConsumedCapacity?: ReturnConsumedCapacity;
}

export interface BatchGetItemOutput {
  Responses: { [table: string]: Item[] };
  /** What to ask again. */
  UnprocessedKeys: {
    [table: string]: {
      Keys: Item[];
      ConsistentRead?: boolean;
      ProjectionExpression?: string;
      ExpressionAttributeNames?: { [placeholder: string]: string };
      AttributesToGet?: string[];
    };
  };
  ConsumedCapacity?: ConsumedCapacity[];
}

export type WriteRequest =
  | { PutRequest: { Item: ItemInput } }
  | { DeleteRequest: { Key: ItemInput } };

export interface BatchWriteItemInput {
  RequestItems: { readonly [table: string]: readonly WriteRequest[] };
  ReturnConsumedCapacity?: ReturnConsumedCapacity;
  ReturnItemCollectionMetrics?: "SIZE" | "NONE";
}

export interface BatchWriteItemOutput {
  /** What to ask again. */
  UnprocessedItems: {
    [table: string]: ({ PutRequest: { Item: Item } } | { DeleteRequest: { Key: Item } })[];
  };
  ItemCollectionMetrics?: { [table: string]: ItemCollectionMetrics[] };
  ConsumedCapacity?: ConsumedCapacity[];
}

export interface ConsumedCapacity {
  TableName: string;
  CapacityUnits: number;
  Table?: { CapacityUnits: number };
  LocalSecondaryIndexes?: { [index: string]: { CapacityUnits: number } };
  GlobalSecondaryIndexes?: { [index: string]: { CapacityUnits: number } };
}

export interface ItemCollectionMetrics {
  ItemCollectionKey: Item;
  SizeEstimateRangeGB: number[];
}

export interface TableInput {
  TableName: string;
}

export interface AttributeDefinition {
  AttributeName: string;
  AttributeType: "S" | "N" | "B";
}

export interface KeySchemaElement {
  AttributeName: string;
  KeyType: "HASH" | "RANGE";
}

export interface Projection {
  ProjectionType?: "ALL" | "KEYS_ONLY" | "INCLUDE";
  NonKeyAttributes?: readonly string[];
}

export interface ProvisionedThroughput {
  ReadCapacityUnits: number;
  WriteCapacityUnits: number;
}

export interface LocalSecondaryIndex {
  IndexName: string;
  KeySchema: readonly KeySchemaElement[];
  Projection: Projection;
}

/** Up to four attributes in each of its keys. */
export interface GlobalSecondaryIndex extends LocalSecondaryIndex {
  ProvisionedThroughput?: ProvisionedThroughput;
}

export interface Tag {
  Key: string;
  Value: string;
}

export interface CreateTableInput extends TableInput {
  AttributeDefinitions: readonly AttributeDefinition[];
  KeySchema: readonly KeySchemaElement[];
  BillingMode?: "PROVISIONED" | "PAY_PER_REQUEST";
  ProvisionedThroughput?: ProvisionedThroughput;
  LocalSecondaryIndexes?: readonly LocalSecondaryIndex[];
  GlobalSecondaryIndexes?: readonly GlobalSecondaryIndex[];
  Tags?: readonly Tag[];
  TableClass?: "STANDARD" | "STANDARD_INFREQUENT_ACCESS";
  DeletionProtectionEnabled?: boolean;
}

export interface UpdateTableInput extends TableInput {
  AttributeDefinitions?: readonly AttributeDefinition[];
  BillingMode?: "PROVISIONED" | "PAY_PER_REQUEST";
  ProvisionedThroughput?: ProvisionedThroughput;
  GlobalSecondaryIndexUpdates?: readonly (
    | { Create: GlobalSecondaryIndex }
    | { Update: { IndexName: string; ProvisionedThroughput: ProvisionedThroughput } }
    | { Delete: { IndexName: string } }
  )[];
  TableClass?: "STANDARD" | "STANDARD_INFREQUENT_ACCESS";
  DeletionProtectionEnabled?: boolean;
}

export interface TableDescriptionOutput {
  TableDescription: TableDescription;
}

export interface DescribeTableOutput {
  Table: TableDescription;
}

export interface ProvisionedThroughputDescription extends ProvisionedThroughput {
  NumberOfDecreasesToday: number;
}

export interface TableDescription {
  AttributeDefinitions: AttributeDefinition[];
  TableName: string;
  KeySchema: KeySchemaElement[];
  TableStatus: "CREATING" | "UPDATING" | "DELETING" | "ACTIVE";
  /** Seconds since 1970, of virtual time. */
  CreationDateTime: number;
  ProvisionedThroughput: ProvisionedThroughputDescription;
  TableSizeBytes: number;
  ItemCount: number;
  TableArn: string;
  TableId: string;
  BillingModeSummary?: {
    BillingMode: "PAY_PER_REQUEST";
    LastUpdateToPayPerRequestDateTime: number;
  };
  LocalSecondaryIndexes?: LocalSecondaryIndexDescription[];
  GlobalSecondaryIndexes?: GlobalSecondaryIndexDescription[];
  TableClassSummary?: { TableClass: "STANDARD_INFREQUENT_ACCESS" };
  DeletionProtectionEnabled: boolean;
}

export interface LocalSecondaryIndexDescription {
  IndexName: string;
  KeySchema: KeySchemaElement[];
  Projection: { ProjectionType: "ALL" | "KEYS_ONLY" | "INCLUDE"; NonKeyAttributes?: string[] };
  IndexSizeBytes: number;
  ItemCount: number;
  IndexArn: string;
}

export interface GlobalSecondaryIndexDescription extends LocalSecondaryIndexDescription {
  IndexStatus: "CREATING" | "DELETING" | "ACTIVE";
  Backfilling?: true;
  ProvisionedThroughput: ProvisionedThroughputDescription;
}

export interface ListTablesInput {
  ExclusiveStartTableName?: string;
  Limit?: number;
}

export interface ListTablesOutput {
  TableNames: string[];
  LastEvaluatedTableName?: string;
}

export interface TimeToLiveSpecification {
  Enabled: boolean;
  AttributeName: string;
}

export interface UpdateTimeToLiveInput extends TableInput {
  TimeToLiveSpecification: TimeToLiveSpecification;
}

export interface UpdateTimeToLiveOutput {
  TimeToLiveSpecification: TimeToLiveSpecification;
}

export interface DescribeTimeToLiveOutput {
  TimeToLiveDescription: { TimeToLiveStatus: "ENABLED" | "DISABLED"; AttributeName?: string };
}

export interface TagResourceInput {
  ResourceArn: string;
  Tags: readonly Tag[];
}

export interface UntagResourceInput {
  ResourceArn: string;
  TagKeys: readonly string[];
}

export interface ListTagsOfResourceInput {
  ResourceArn: string;
  NextToken?: string;
}

export interface ListTagsOfResourceOutput {
  Tags: Tag[];
}

export interface DescribeLimitsOutput {
  AccountMaxReadCapacityUnits: number;
  AccountMaxWriteCapacityUnits: number;
  TableMaxReadCapacityUnits: number;
  TableMaxWriteCapacityUnits: number;
}

export interface DescribeEndpointsOutput {
  Endpoints: { Address: string; CachePeriodInMinutes: number }[];
}

export interface CreateBackupInput extends TableInput {
  BackupName: string;
}

export interface BackupInput {
  BackupArn: string;
}

export interface BackupDetails {
  BackupArn: string;
  BackupName: string;
  BackupSizeBytes: number;
  BackupStatus: "CREATING" | "AVAILABLE" | "DELETED";
  BackupType: "USER";
  /** Seconds since 1970, of virtual time, as all moments are. */
  BackupCreationDateTime: number;
}

export interface BackupDescriptionOutput {
  BackupDescription: {
    BackupDetails: BackupDetails;
    /** The table as it was. */
    SourceTableDetails: {
      TableName: string;
      TableId: string;
      TableArn: string;
      TableSizeBytes: number;
      KeySchema: KeySchemaElement[];
      TableCreationDateTime: number;
      ProvisionedThroughput: ProvisionedThroughputDescription;
      ItemCount: number;
      BillingMode: "PROVISIONED" | "PAY_PER_REQUEST";
    };
    SourceTableFeatureDetails: {
      LocalSecondaryIndexes?: BackedUpIndex[];
      GlobalSecondaryIndexes?: (BackedUpIndex & {
        ProvisionedThroughput: ProvisionedThroughputDescription;
      })[];
      TimeToLiveDescription?: { TimeToLiveStatus: "ENABLED"; AttributeName: string };
    };
  };
}

export interface BackedUpIndex {
  IndexName: string;
  KeySchema: KeySchemaElement[];
  Projection: { ProjectionType: "ALL" | "KEYS_ONLY" | "INCLUDE"; NonKeyAttributes?: string[] };
}

export interface ListBackupsInput {
  TableName?: string;
  Limit?: number;
  TimeRangeLowerBound?: number;
  TimeRangeUpperBound?: number;
  ExclusiveStartBackupArn?: string;
  BackupType?: "USER" | "SYSTEM" | "AWS_BACKUP" | "ALL";
}

export interface ListBackupsOutput {
  BackupSummaries: (BackupDetails & { TableName: string; TableId: string; TableArn: string })[];
  LastEvaluatedBackupArn?: string;
}

/** What the new table has otherwise than the old one. */
export interface RestoreOverrides {
  TargetTableName: string;
  BillingModeOverride?: "PROVISIONED" | "PAY_PER_REQUEST";
  ProvisionedThroughputOverride?: ProvisionedThroughput;
  LocalSecondaryIndexOverride?: readonly LocalSecondaryIndex[];
  GlobalSecondaryIndexOverride?: readonly GlobalSecondaryIndex[];
}

export interface RestoreFromBackupInput extends RestoreOverrides {
  BackupArn: string;
}

export interface RestoreToInstantInput extends RestoreOverrides {
  SourceTableName?: string;
  SourceTableArn?: string;
  /** Seconds since 1970, of virtual time. */
  RestoreDateTime?: number;
  UseLatestRestorableTime?: boolean;
}

export interface RestoredTableOutput {
  TableDescription: TableDescription & {
    RestoreSummary: {
      SourceBackupArn?: string;
      SourceTableArn: string;
      RestoreDateTime: number;
      RestoreInProgress: boolean;
    };
  };
}

export interface UpdateContinuousBackupsInput extends TableInput {
  PointInTimeRecoverySpecification: {
    PointInTimeRecoveryEnabled: boolean;
    /** From 1 to 35; 35 unless it is given. */
    RecoveryPeriodInDays?: number;
  };
}

export interface ContinuousBackupsOutput {
  ContinuousBackupsDescription: {
    ContinuousBackupsStatus: "ENABLED";
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: "ENABLED" | "DISABLED";
      RecoveryPeriodInDays?: number;
      EarliestRestorableDateTime?: number;
      LatestRestorableDateTime?: number;
    };
  };
}

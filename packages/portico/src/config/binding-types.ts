// The binding types of Azure, and which of them Portico runs. Compare them ignoring case.
// https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings#supported-bindings

/** A manualTrigger waits for nobody: it is here because a call by hand is all it needs. */
const RUN = ['httpTrigger', 'http', 'manualTrigger'];

const NOT_RUN_YET = [
  'timerTrigger',
  ...['queueTrigger', 'queue', 'blobTrigger', 'blob', 'table'],
  'warmupTrigger',
  ...['serviceBusTrigger', 'serviceBus', 'eventHubTrigger', 'eventHub', 'eventGridTrigger', 'eventGrid'],
  ...['cosmosDBTrigger', 'cosmosDB', 'kafkaTrigger', 'kafka', 'rabbitMQTrigger', 'rabbitMQ'],
  ...['signalRTrigger', 'signalR', 'signalRConnectionInfo', 'signalRNegotiation'],
  ...['webPubSubTrigger', 'webPubSub', 'webPubSubConnection', 'webPubSubContext'],
  ...['sendGrid', 'twilioSms', 'sqlTrigger', 'sql', 'mysqlTrigger', 'mysql'],
  ...['orchestrationTrigger', 'activityTrigger', 'entityTrigger', 'orchestrationClient', 'durableClient'],
  ...[
    'daprServiceInvocationTrigger',
    'daprTopicTrigger',
    'daprBindingTrigger',
    'daprState',
    'daprSecret',
    'daprPublish',
    'daprInvoke',
    'daprBinding',
  ],
  ...['redisPubSubTrigger', 'redisListTrigger', 'redisStreamTrigger', 'redis', 'kusto'],
  ...['mcpToolTrigger', 'mcpToolProperty', 'mcpResourceTrigger'],
  ...['textCompletion', 'embeddings', 'semanticSearch', 'assistantSkillTrigger', 'assistantCreate', 'assistantPost', 'assistantQuery'],
  ...['notificationHub', 'documentDB', 'mobileTable', 'botFramework', 'apiHubFile', 'apiHubFileTrigger', 'apiHubTable'],
];

export const BINDING_TYPES: readonly string[] = [...RUN, ...NOT_RUN_YET];

const STANDING = new Map([
  ...RUN.map((type) => [type.toLowerCase(), 'run'] as const),
  ...NOT_RUN_YET.map((type) => [type.toLowerCase(), 'not run yet'] as const),
]);

export function standingOf(type: string): 'run' | 'not run yet' | 'unknown' {
  return STANDING.get(type.toLowerCase()) ?? 'unknown';
}

export function isTriggerType(type: string): boolean {
  return type.toLowerCase().endsWith('trigger');
}

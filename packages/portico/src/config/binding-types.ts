// The binding types of Azure, and which of them Portico runs. Compare them ignoring case.
// https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings#supported-bindings
import { EXTENSIONS } from '../bindings/index.ts';
import type { BindingType } from '../core/extension.ts';

/** HTTP is no extension: its caller waits. A manualTrigger waits for nobody: it is here because a call by hand is all it needs. */
const OWN = ['httpTrigger', 'http', 'manualTrigger'];

const DECLARED = new Map(
  EXTENSIONS.flatMap(({ types }) => Object.entries(types).map(([type, declared]) => [type.toLowerCase(), declared])),
);

/** Undefined for what no extension declares. */
export const declaredType = (type: string): BindingType | undefined => DECLARED.get(type.toLowerCase());

const ELSEWHERE = [
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

const RUN = [...OWN, ...EXTENSIONS.flatMap(({ types }) => Object.keys(types))];

export const BINDING_TYPES: readonly string[] = [...RUN, ...ELSEWHERE];

const STANDING = new Map([
  ...ELSEWHERE.map((type) => [type.toLowerCase(), 'not run yet'] as const),
  ...RUN.map((type) => [type.toLowerCase(), 'run'] as const),
]);

export function standingOf(type: string): 'run' | 'not run yet' | 'unknown' {
  return STANDING.get(type.toLowerCase()) ?? 'unknown';
}

export function isTriggerType(type: string): boolean {
  return type.toLowerCase().endsWith('trigger');
}

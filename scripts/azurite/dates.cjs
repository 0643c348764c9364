// Which members of Azurite's documents are dates. JSON has none: from the index and the journals they come back as text, which is neither before nor
// after any date, so that each lease would have expired and no message ever would.
'use strict';

const OF_LEASED = {
  own: ['leaseExpireTime', 'leaseBreakTime'],
  properties: ['lastModified', 'creationTime', 'copyCompletionTime', 'accessTierChangeTime'],
};

/** By collection. The rest, and what users call their own members, is text: a row of a table may have a `leaseExpireTime` as well. */
const DATES = new Map([
  ['$CONTAINERS_COLLECTION$', OF_LEASED],
  ['$BLOBS_COLLECTION$', OF_LEASED],
  // When a message is visible again is a number.
  ['$MESSAGES_COLLECTION$', { own: ['insertionTime', 'expirationTime'], properties: [] }],
]);

/** Changes the document, as it was read from JSON. */
exports.reviveDates = (collectionName, document) => {
  const dates = DATES.get(collectionName);
  if (dates === undefined) return;
  revive(document, dates.own);
  revive(document.properties, dates.properties);
};

function revive(object, names) {
  for (const name of names) if (typeof object?.[name] === 'string') object[name] = new Date(object[name]);
}

// Adds: the names of the JSON shapes of /v1 that the modules read and write; nothing runs.
// Without it: `tsc` could not check the modules. No page loads this file.
// Proven by: the type check, and the stories, which meet the real answers.

/** @typedef {{ currencyCode: string, units?: string, nanos?: number }} Money */
/** @typedef {{ amount: Money, compareAtAmount?: Money }} Price */
/** @typedef {{ name: string, displayName: string }} Actor */

/**
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} etag
 * @property {string} [sku]
 * @property {string[]} [gtins]
 * @property {string[]} [optionValues]
 * @property {Price[]} [prices]
 */

/**
 * @typedef {object} Product
 * @property {string} name
 * @property {string} etag
 * @property {'STATE_DRAFT' | 'STATE_ACTIVE' | 'STATE_ARCHIVED'} state
 * @property {string} title
 * @property {string} slug
 * @property {string} [description]
 * @property {string} [brand]
 * @property {string[]} [categories]
 * @property {{ uri: string, alternativeText?: string }[]} [images]
 * @property {string} [publishTime]
 * @property {string} [unpublishTime]
 * @property {{ lowest: Money, highest: Money }} [priceRange]
 * @property {Variant[]} [variants]
 * @property {string} [createTime]
 * @property {string} [updateTime]
 * @property {string} [deleteTime]
 * @property {string} [purgeTime]
 * @property {Actor} [updateActor]
 * @property {Actor} [deleteActor]
 */

/**
 * @typedef {object} Change
 * @property {'KIND_CREATED' | 'KIND_UPDATED' | 'KIND_DELETED' | 'KIND_UNDELETED' | 'KIND_EXPUNGED' | 'KIND_PUBLISHED' | 'KIND_UNPUBLISHED' | 'KIND_ARCHIVED' | 'KIND_ROLLED_BACK'} kind
 * @property {string} resource
 * @property {string} title
 * @property {Actor} [actor]
 * @property {string} [requestId]
 */

/** @typedef {{ resumeToken: string, change?: Change, product?: Product }} Told what a stream of changes tells */
/** @typedef {{ change: Change, product?: Product }} News a change that others made */

/** @typedef {{ text?: string, matched?: boolean }} Segment a part of a text, and whether it is what was searched for */
/** @typedef {{ product: Product, titleSegments?: Segment[], excerptSegments?: Segment[] }} Found */

/**
 * @typedef {object} ProductPage of a list, or of a search
 * @property {Product[]} [products]
 * @property {Found[]} [results]
 * @property {string} [correctedQuery]
 * @property {boolean} [someWordsOnly]
 * @property {boolean} [incomplete]
 * @property {string} [nextPageToken]
 * @property {number} [totalSize]
 * @property {boolean} [totalSizeCapped]
 */

/** @typedef {{ field: string, description: string }} FieldViolation */

/**
 * One of `google.rpc.ErrorInfo`, `BadRequest` and their like, told apart by `@type`.
 * @typedef {object} ErrorDetail
 * @property {string} [reason]
 * @property {Record<string, string>} [metadata]
 * @property {FieldViolation[]} [fieldViolations]
 */

/**
 * @typedef {object} CallOptions
 * @property {string | undefined} [etag] the version that the user saw, sent as `If-Match`
 * @property {string | undefined} [requestId] sent as `Idempotency-Key`, the same in every retry
 * @property {object | undefined} [body]
 */

/** @typedef {{ kind: 'done', resource: any }} Done */
/** @typedef {{ kind: 'offline' }} Offline nothing was sent */
/** @typedef {{ kind: 'unknown' }} Unknown it was sent, and nobody knows whether it was done */

/**
 * @typedef {object} Refused
 * @property {'refused'} kind
 * @property {number} status
 * @property {string} reason
 * @property {string} message
 * @property {Record<string, string>} metadata
 * @property {FieldViolation[]} violations
 * @property {number} [retryAfter] in seconds
 */

/** @typedef {Refused | Offline | Unknown} Failure */
/** @typedef {Done | Failure} Outcome */

export {};

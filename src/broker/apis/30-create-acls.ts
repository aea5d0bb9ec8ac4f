// CreateAcls v1-3
//
// Behavior: there is no authorizer, which is what the answer says, as Kafka's does. UNKNOWN elements close the connection.
//
// Version notes: v2 is flexible; v3 knows user resources (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { CREATE_ACLS } from '../../protocol/generated/apis/create-acls.ts';
import { refuseUnknownElements } from '../acl-requests.ts';
import { NO_AUTHORIZER } from '../authorization.ts';
import { handler } from '../handler.ts';

export const createAcls = handler(CREATE_ACLS, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle: (request) => {
    for (const {
      resourceType,
      resourcePatternType,
      operation,
      permissionType,
    } of request.creations) {
      refuseUnknownElements(resourceType, resourcePatternType, operation, permissionType);
    }
    return {
      results: request.creations.map(() => ({
        errorCode: Errors.SECURITY_DISABLED,
        errorMessage: NO_AUTHORIZER,
      })),
    };
  },
});

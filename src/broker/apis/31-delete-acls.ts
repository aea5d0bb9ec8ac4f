// DeleteAcls v1-3
//
// Behavior: there is no authorizer, which is what the answer says, as Kafka's does. UNKNOWN elements close the connection.
//
// Version notes: v2 is flexible; v3 knows user resources (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { DELETE_ACLS } from '../../protocol/generated/apis/delete-acls.ts';
import { refuseUnknownElements } from '../acl-requests.ts';
import { NO_AUTHORIZER } from '../authorization.ts';
import { handler } from '../handler.ts';

export const deleteAcls = handler(DELETE_ACLS, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle: (request) => {
    for (const {
      resourceTypeFilter,
      patternTypeFilter,
      operation,
      permissionType,
    } of request.filters) {
      refuseUnknownElements(resourceTypeFilter, patternTypeFilter, operation, permissionType);
    }
    return {
      filterResults: request.filters.map(() => ({
        errorCode: Errors.SECURITY_DISABLED,
        errorMessage: NO_AUTHORIZER,
      })),
    };
  },
});

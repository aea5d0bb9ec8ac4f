// DescribeAcls v1-3
//
// Behavior: there is no authorizer, which is what the answer says, as Kafka's does. UNKNOWN elements close the connection.
//
// Version notes: v2 is flexible; v3 knows user resources (KIP-373).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_ACLS } from '../../protocol/generated/apis/describe-acls.ts';
import { refuseUnknownElements } from '../acl-requests.ts';
import { handler } from '../handler.ts';

export const describeAcls = handler(DESCRIBE_ACLS, {
  minVersion: 1,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle: ({ resourceTypeFilter, patternTypeFilter, operation, permissionType }) => {
    refuseUnknownElements(resourceTypeFilter, patternTypeFilter, operation, permissionType);
    return {
      errorCode: Errors.SECURITY_DISABLED,
      errorMessage: 'No Authorizer is configured on the broker',
    };
  },
});

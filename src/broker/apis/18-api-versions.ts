// ApiVersions v0-4
//
// Behavior: the API keys and versions of the handlers of this listener, and the cluster's features.
// A version that we don't know never gets here: the router answers it as v0 with error 35 (KIP-511).
//
// Version notes:
// v1 adds the throttle time. v3 is flexible and brings the client's name and version (KIP-511), features (KIP-584);
// its answer keeps response header v0, and leaves out features whose lowest version is 0.
// v4 tells those too (KIP-1022).

import { Errors } from '../../protocol/errors.ts';
import { API_VERSIONS } from '../../protocol/generated/apis/api-versions.ts';
import { handler } from '../handler.ts';

const CLIENT_INFO = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

export const apiVersions = handler(API_VERSIONS, {
  minVersion: 0,
  maxVersion: 4,
  roles: ['broker', 'controller'],
  handle(request, context) {
    const { apiVersion, peer, services } = context;
    if (apiVersion >= 3) {
      const { clientSoftwareName, clientSoftwareVersion } = request;
      if (!CLIENT_INFO.test(clientSoftwareName) || !CLIENT_INFO.test(clientSoftwareVersion)) {
        return { errorCode: Errors.INVALID_REQUEST };
      }
      peer.softwareName = clientSoftwareName;
      peer.softwareVersion = clientSoftwareVersion;
    }
    const features = services.metadata.features();
    return {
      errorCode: Errors.NONE,
      apiKeys: services.apiVersions(context.role),
      supportedFeatures: features.supported.filter(
        (feature) => apiVersion >= 4 || feature.minVersion > 0,
      ),
      finalizedFeaturesEpoch: features.epoch,
      finalizedFeatures: features.finalized,
    };
  },
});

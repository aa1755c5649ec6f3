import { describePeerLinkContract } from '../../testing/contracts/peer-link.contract.js';
import { InMemoryPeerHub, InMemoryPeerLink } from './in-memory-peer-link.js';

describePeerLinkContract('InMemoryPeerLink', async () => {
  const [hub, elsewhere] = [new InMemoryPeerHub(), new InMemoryPeerHub()];
  return {
    create: () => new InMemoryPeerLink(hub),
    createElsewhere: () => new InMemoryPeerLink(elsewhere),
    tear: async (link) => {
      (link as InMemoryPeerLink).tear();
      (link as InMemoryPeerLink).mend();
    },
    close: async () => undefined,
  };
});

import { describeStateStore } from '../../../../test/support/state-store-suite.ts';
import { FakeClock } from './fake-clock.ts';
import { memoryState } from './memory-state.ts';

describeStateStore('memory state', async () => {
  const state = memoryState();
  // A second host that closes takes nothing from the first, but here the two are one.
  let openCount = 0;
  return {
    clock: new FakeClock(),
    open() {
      openCount += 1;
      return openCount === 1 ? state : { ...state, close: async () => {} };
    },
    async steal(path) {
      state.loseLease(path);
      state.others.add(path);
    },
    renewed: async () => {},
    dispose: async () => {},
  };
});

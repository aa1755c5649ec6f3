import { describeScenarios } from './describe-target.js';
import { CoreTarget } from './targets/core-world.js';

describeScenarios('core', async () => new CoreTarget());

import { describeScenarios } from './describe-target.js';
import { HttpTarget } from './targets/http-target.js';

describeScenarios('http', () => HttpTarget.start());

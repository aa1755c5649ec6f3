import { describeRandomTrees } from './random-trees.js';

describeRandomTrees('a random tree whose first answer hangs up all others', 'hangup_others');

import { describeRandomTrees } from './random-trees.js';

describeRandomTrees('a random tree whose first answer leaves the others alone', '');

import type { Defect } from './defect.js';
import { DEFECTS_OF_RULES } from './defects-of-rules.js';
import { DEFECTS_OF_RUNTIME } from './defects-of-runtime.js';

/** Those that specs, property tests and simulation must notice without any server. */
export const DEFECTS: readonly Defect[] = [...DEFECTS_OF_RULES, ...DEFECTS_OF_RUNTIME];

import { Agent } from './agent.entity.js';
import { Extension } from './extension.entity.js';
import { CreateDirectory1760000000200 } from './migrations/create-directory.migration.js';

/** For the host's DataSource. */
export const DIRECTORY_ENTITIES = [Agent, Extension];
export const DIRECTORY_MIGRATIONS = [CreateDirectory1760000000200];

export { DirectoryModule } from './directory.module.js';
export { DirectoryResolver } from './directory-resolver.js';
export { Directory } from './directory.js';
export { DIRECTORY_ENTITIES, DIRECTORY_MIGRATIONS } from './persistence.js';

import { Module } from '@nestjs/common';
import { AgentsController } from './agents.controller.js';
import { DirectoryResolver } from './directory-resolver.js';
import { Directory } from './directory.js';
import { ExtensionsController } from './extensions.controller.js';

/**
 * The reference host's directory. Needs the default DataSource (with DIRECTORY_ENTITIES and DIRECTORY_MIGRATIONS) and
 * the global `GroupcallModule` for the Clock.
 */
@Module({
  controllers: [AgentsController, ExtensionsController],
  providers: [Directory, DirectoryResolver],
  exports: [Directory, DirectoryResolver],
})
export class DirectoryModule {}

// First, for the same reason as in main.ts.
import '@nestjs/core';
import '@nestjs/bullmq';
import 'reflect-metadata';

// What a test, a script or a bench needs of the server.
export { resolveSettings, VARIABLES, type Environment, type Settings } from './app.config.js';
export { AccessTokens, ROLES, type Role, type TokenClaims } from './auth/index.js';
export { DEVELOPMENT_CUSTOMER } from './config/development-customer.js';
export { SettingsError } from './config/settings.error.js';
export { createApp, type AppOverrides, type RunningApp } from './create-app.js';

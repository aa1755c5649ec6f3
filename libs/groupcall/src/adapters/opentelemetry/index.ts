export { findTracer } from './find-tracer.js';

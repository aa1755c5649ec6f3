import type { ValueTransformer } from 'typeorm';

/**
 * Moments are stored as epoch ms in a bigint: exact, the same on every database and in every time zone, and what the
 * rules compute with. Drivers hand a bigint over as text.
 */
export const epochMs: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

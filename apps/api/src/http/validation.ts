import { isUuid } from '@groupcall/shared';
import { Injectable, ValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationError } from 'class-validator';
import { badField, badFields } from './api-error.js';

/** Checks queries against their class; what the class does not know is refused. */
export const validationPipe = () =>
  new QueryPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    exceptionFactory: (errors) => badFields(errors.map(problemOf)),
  });

/** An empty query, which most requests have, is right or wrong for its class once and for all. */
class QueryPipe extends ValidationPipe {
  private readonly empty = new WeakMap<object, object>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype } = metadata;
    if (type !== 'query' || !metatype || !isEmptyObject(value))
      return super.transform(value, metadata) as Promise<unknown>;
    const known = this.empty.get(metatype);
    if (known) return known;
    const checked: unknown = await super.transform(value, metadata);
    if (typeof checked === 'object' && checked !== null) this.empty.set(metatype, Object.freeze(checked));
    return checked;
  }
}

function isEmptyObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === 0;
}

function problemOf({ property, constraints = {} }: ValidationError) {
  if ('whitelistValidation' in constraints)
    return { field: printable(property), message: 'is not known here' };
  return { field: property, message: Object.values(constraints)[0] ?? 'is not valid' };
}

/** A name is the sender's text: it goes into a message only as far as it is harmless. */
export function printable(name: string): string {
  return name.replace(/[^\w-]/g, '?').slice(0, 40);
}

/** A path parameter that is a UUID; its lower-case form. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string, { data = 'id' }: ArgumentMetadata): string {
    if (!isUuid(value)) throw badField(data, 'must be a UUID');
    return value.toLowerCase();
  }
}

/** A query parameter that is a UUID (the nil UUID is one); its lower-case form. */
export function UuidText(): PropertyDecorator {
  const check = ValidateBy({
    name: 'uuidText',
    validator: { validate: isUuid, defaultMessage: () => 'must be a UUID' },
  });
  const lower = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.toLowerCase() : value,
  );
  return (target, property) => {
    check(target, property);
    lower(target, property);
  };
}

/** A query parameter that is a whole number within bounds. */
export function WholeNumber(least: number, most: number): PropertyDecorator {
  const check = ValidateBy({
    name: 'wholeNumber',
    validator: {
      validate: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
      defaultMessage: () => `must be a whole number from ${least} to ${most}`,
    },
  });
  const read = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : NaN,
  );
  return (target, property) => {
    check(target, property);
    read(target, property);
  };
}

/** A query parameter that is one of a few words. */
export function WordOf(words: readonly string[]): PropertyDecorator {
  return ValidateBy({
    name: 'wordOf',
    validator: {
      validate: (value) => typeof value === 'string' && words.includes(value),
      defaultMessage: () => `must be one of ${words.join(', ')}`,
    },
  });
}

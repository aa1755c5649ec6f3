import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('groupcall')
    .setDescription(
      'Durable ring groups: many phones ring, exactly one wins, every other one is hung up. ' +
        'Times are UTC, `9999-01-01 00:00:00.000000` = not yet; ids are UUIDs, the nil UUID = nothing.',
    )
    .setVersion('1.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'npm run token -- --customer <uuid>',
    })
    .build();
  return SwaggerModule.createDocument(app, config);
}

/** The documentation at `/docs`, and as JSON at `/docs-json`. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    // The badge of swagger.io would send our address there.
    swaggerOptions: { validatorUrl: null, persistAuthorization: true },
    customSiteTitle: 'groupcall API',
  });
}

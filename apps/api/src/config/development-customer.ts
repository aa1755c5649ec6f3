/** The customer of the token that is printed in development, and of the console's samples. */
export const DEVELOPMENT_CUSTOMER = '01900000-0000-7000-8000-000000000001';

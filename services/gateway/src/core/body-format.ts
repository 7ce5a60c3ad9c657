export type Format = 'json' | 'xml';

/** The format that a Content-Type names, or undefined when the product does not understand it: JSON or XML, in UTF-8. */
export function bodyFormat(contentType: string): Format | undefined {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^"?(utf-?8|us-ascii)"?$/.test(charset)) return undefined;
  if (type === 'application/json') return 'json';
  return type === 'application/xml' || type === 'text/xml' ? 'xml' : undefined;
}

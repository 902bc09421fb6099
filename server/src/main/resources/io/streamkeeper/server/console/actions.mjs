/** The actions on streams, each as the description of its dialog and of its request. */

import { streamTarget } from './requests.mjs';
import { settings } from './session.mjs';

const RETENTION = [
  { name: 'ttl', label: 'Expires after so many seconds without use', type: 'number', min: 0 },
  { name: 'maxAge', label: 'Keeps messages for so many seconds', type: 'number', min: 1 },
  { name: 'maxBytes', label: 'Keeps so many bytes', type: 'number', min: 1 },
  { name: 'maxMessages', label: 'Keeps so many messages', type: 'number', min: 1 },
];

/** The request fields whose values are not empty. */
function given(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

const configuration = ({ ttl, maxAge, maxBytes, maxMessages }) => ({
  'Stream-TTL': ttl,
  'Stream-Retention-Max-Age': maxAge,
  'Stream-Retention-Max-Bytes': maxBytes,
  'Stream-Retention-Max-Messages': maxMessages,
});

export function creation(prefix) {
  return {
    title: 'Create a stream',
    label: 'Create',
    fields: [
      { name: 'path', label: 'Path', value: prefix, required: true, autofocus: true },
      {
        name: 'contentType',
        label: 'Content type',
        value: 'application/json',
        options: ['application/json', 'text/plain', 'application/octet-stream'],
        required: true,
      },
      ...RETENTION,
    ],
    request: values => ({
      method: 'PUT',
      target: streamTarget(values.path),
      headers: given({ 'Content-Type': values.contentType, 'If-None-Match': '*', ...configuration(values) }),
    }),
  };
}

/** What a header of PATCH says: the value, or that there is none any more; nothing if the value stays. */
function changed(value, present) {
  return value === present ? '' : value || 'none';
}

/** The present expiry is replaced by either kind of expiry. */
function changedExpiry({ ttl, expiresAt }, present) {
  if (ttl !== '' && ttl !== present.ttl) {
    return { 'Stream-TTL': ttl };
  }
  return {
    'Stream-Expires-At': changed(expiresAt, present.expiresAt),
    'Stream-TTL': expiresAt === '' ? changed(ttl, present.ttl) : '',
  };
}

/** Changes the metadata that the page shows: `present` has the values of the fields, and their tag. */
export function changing(path, present) {
  return {
    title: `Change ${path}`,
    label: 'Change',
    note: 'A field that is emptied removes its limit. Data that a shorter retention does not keep is dropped at once.',
    fields: [
      { name: 'contentType', label: 'Content type', value: present.contentType, required: true, autofocus: true },
      { name: 'expiresAt', label: 'Expires at', value: present.expiresAt, placeholder: '2030-01-31T12:00:00Z' },
      ...RETENTION.map(field => ({ ...field, value: present[field.name] })),
    ],
    request: values => ({
      method: 'PATCH',
      target: streamTarget(path),
      headers: given({
        'If-Match': present.tag,
        'Content-Type': values.contentType === present.contentType ? '' : values.contentType,
        ...changedExpiry(values, present),
        'Stream-Retention-Max-Age': changed(values.maxAge, present.maxAge),
        'Stream-Retention-Max-Bytes': changed(values.maxBytes, present.maxBytes),
        'Stream-Retention-Max-Messages': changed(values.maxMessages, present.maxMessages),
      }),
    }),
  };
}

export function append(path, contentType) {
  const isJson = contentType.startsWith('application/json');
  return {
    title: `Append to ${path}`,
    label: 'Append',
    note: isJson ? 'A JSON value is one message; the values of an array are one message each.' : '',
    fields: [
      { name: 'text', label: isJson ? 'JSON' : 'Text', type: 'textarea', autofocus: true },
      { name: 'file', label: 'Or a file', type: 'file' },
    ],
    request: ({ text, file }) => ({
      method: 'POST',
      target: streamTarget(path),
      headers: { 'Content-Type': contentType },
      body: file ?? text,
    }),
  };
}

/** A fork that inherits the stream up to a message; up to the tail if `place` is null. */
export function fork(path, place) {
  return {
    title: `Fork ${path}`,
    label: 'Fork',
    note: place ? `The fork inherits everything up to the chosen ${place.what}.` : 'The fork inherits the whole stream.',
    fields: [{ name: 'path', label: 'Path of the fork', value: `${path}-fork`, required: true, autofocus: true }],
    request: values => ({
      method: 'PUT',
      target: streamTarget(values.path),
      headers: given({
        'If-None-Match': '*',
        'Stream-Forked-From': streamTarget(path),
        'Stream-Fork-Offset': place?.offset ?? '',
        'Stream-Fork-Sub-Offset': place?.distance ? String(place.distance) : '',
      }),
    }),
  };
}

export function closing(path) {
  return {
    title: `Close ${path}?`,
    label: 'Close',
    note: 'A closed stream can be read, and accepts no more appends. It cannot be opened again.',
    isDangerous: true,
    request: () => ({ method: 'POST', target: streamTarget(path), headers: { 'Stream-Closed': 'true' } }),
  };
}

export function deletion(path) {
  return {
    title: `Delete ${path}?`,
    label: 'Delete',
    note: 'The stream and its data are removed. This cannot be undone.',
    isDangerous: true,
    request: () => ({ method: 'DELETE', target: streamTarget(path) }),
  };
}

export const listing = query => ({ target: `${settings.streams}?${new URLSearchParams(query)}` });

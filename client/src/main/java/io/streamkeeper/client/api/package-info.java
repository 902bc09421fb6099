/**
 * What the Java API takes and gives, in-process and over HTTP alike: {@link io.streamkeeper.client.api.From}, where a
 * read begins; {@link io.streamkeeper.client.api.Content}, what is written; {@link
 * io.streamkeeper.client.api.CreateOptions} and {@link io.streamkeeper.client.api.AppendOptions}, how; {@link
 * io.streamkeeper.client.api.CreateResult}, {@link io.streamkeeper.client.api.AppendResult}, {@link
 * io.streamkeeper.client.api.StreamMetadata} and {@link io.streamkeeper.client.api.Batch}, what comes back; {@link
 * io.streamkeeper.client.api.StreamException}, what went wrong. All are immutable and belong to no thread.
 */
@NullMarked
package io.streamkeeper.client.api;

import org.jspecify.annotations.NullMarked;

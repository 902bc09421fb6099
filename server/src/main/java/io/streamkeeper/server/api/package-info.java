/**
 * What the Java API takes and gives, in-process and over HTTP alike: {@link io.streamkeeper.server.api.From}, where a
 * read begins; {@link io.streamkeeper.server.api.Content}, what is written; {@link
 * io.streamkeeper.server.api.CreateOptions} and {@link io.streamkeeper.server.api.AppendOptions}, how; {@link
 * io.streamkeeper.server.api.CreateResult}, {@link io.streamkeeper.server.api.AppendResult}, {@link
 * io.streamkeeper.server.api.StreamMetadata} and {@link io.streamkeeper.server.api.Batch}, what comes back; {@link
 * io.streamkeeper.server.api.StreamException}, what went wrong. All are immutable and belong to no thread.
 */
@NullMarked
package io.streamkeeper.server.api;

import org.jspecify.annotations.NullMarked;

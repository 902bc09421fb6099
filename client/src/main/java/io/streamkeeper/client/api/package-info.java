/**
 * What the Java API takes and returns, in-process and over HTTP alike.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.api.From}, where a read begins; {@link
 * io.streamkeeper.client.api.Batch} and {@link io.streamkeeper.client.api.Message}, what it returns; {@link
 * io.streamkeeper.client.api.Content}, what is written; {@link io.streamkeeper.client.api.CreateOptions} and {@link
 * io.streamkeeper.client.api.AppendOptions}, how; {@link io.streamkeeper.client.api.CreateResult}, {@link
 * io.streamkeeper.client.api.AppendResult} and {@link io.streamkeeper.client.api.StreamMetadata}, the results; {@link
 * io.streamkeeper.client.api.StreamException}, how a request fails. All are immutable and belong to no thread.
 */
@NullMarked
package io.streamkeeper.client.api;

import org.jspecify.annotations.NullMarked;

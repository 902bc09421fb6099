/**
 * The arguments and results of the Java API, the same in-process and over HTTP.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.api.From}, where a read begins; {@link
 * io.streamkeeper.client.api.ReadOptions}, its limits; {@link io.streamkeeper.client.api.Batch}, {@link
 * io.streamkeeper.client.api.Page} and {@link io.streamkeeper.client.api.Message}, the data that it returns; {@link
 * io.streamkeeper.client.api.Content}, the data of a write; {@link io.streamkeeper.client.api.CreateOptions} and {@link
 * io.streamkeeper.client.api.AppendOptions}, its options; {@link io.streamkeeper.client.api.CreateResult}, {@link
 * io.streamkeeper.client.api.AppendResult} and {@link io.streamkeeper.client.api.StreamMetadata}, the results; {@link
 * io.streamkeeper.client.api.ListOptions}, {@link io.streamkeeper.client.api.StreamPage} and {@link
 * io.streamkeeper.client.api.StreamEntry}, a listing; {@link io.streamkeeper.client.api.StreamChanges}, what follows it; {@link io.streamkeeper.client.api.StreamException}, the failure of a request. All are immutable and safe for use by any
 * thread.
 */
@NullMarked
package io.streamkeeper.client.api;

import org.jspecify.annotations.NullMarked;

/**
 * The process: command line, configuration, pipeline, shards and live reads. A connection and a shard are each owned by one
 * event loop; what crosses from one loop to another is an immutable message.
 */
@NullMarked
package io.streamkeeper.server;

import org.jspecify.annotations.NullMarked;

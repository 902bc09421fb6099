/**
 * The vocabulary of Durable Streams and every rule of the protocol that needs no I/O. Its values are immutable and belong to
 * no thread.
 */
@NullMarked
package io.streamkeeper.protocol;

import org.jspecify.annotations.NullMarked;

/**
 * Tests of the documents: what they show is done, and what they say comes of it is compared with what does.
 *
 * <p>{@code Markdown} reads a document. {@code Console} carries out its {@code console} blocks against a server of its own,
 * {@code JavaBlocks} compiles and runs its {@code java} blocks; {@code Expectation} compares what was printed with what is
 * written, and {@code Names} keeps what differs from run to run. {@code Documents} tells which documents there are.
 */
@NullMarked
package io.streamkeeper.server.docs;

import org.jspecify.annotations.NullMarked;

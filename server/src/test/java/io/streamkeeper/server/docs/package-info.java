/**
 * Tests of the documents: their examples are executed, and the outputs are compared with the actual ones.
 *
 * <p>{@code Markdown} reads a document. {@code Console} executes its {@code console} blocks against a server of its
 * own, {@code JavaBlocks} compiles and runs its {@code java} blocks; {@code Expectation} compares the output with the
 * expected one, and {@code Names} has the values that differ from run to run. {@code Documents} lists the documents.
 */
@NullMarked
package io.streamkeeper.server.docs;

import org.jspecify.annotations.NullMarked;

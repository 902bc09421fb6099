/** Benchmarks of what only this package of the server can see. */
@NullMarked
package io.streamkeeper.server.http;

import org.jspecify.annotations.NullMarked;

/** The cost of a server's store: many streams, churn, and latency during maintenance. */
@NullMarked
package io.streamkeeper.bench.storage;

import org.jspecify.annotations.NullMarked;

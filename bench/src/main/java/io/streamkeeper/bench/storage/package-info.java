/** What the store of a server costs: streams, churn, latency beside maintenance. */
@NullMarked
package io.streamkeeper.bench.storage;

import org.jspecify.annotations.NullMarked;

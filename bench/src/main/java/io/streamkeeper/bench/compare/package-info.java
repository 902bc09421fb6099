/** The comparison of several servers: each row runs a workload on each of them in alternating rounds. */
@NullMarked
package io.streamkeeper.bench.compare;

import org.jspecify.annotations.NullMarked;

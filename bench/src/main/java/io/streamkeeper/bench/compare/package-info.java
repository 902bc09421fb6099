/** Several servers side by side: each row of the comparison runs a workload on each of them in turn, round after round. */
@NullMarked
package io.streamkeeper.bench.compare;

import org.jspecify.annotations.NullMarked;

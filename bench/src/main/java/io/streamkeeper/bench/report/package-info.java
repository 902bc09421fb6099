/** What was found, for people and for programs. */
@NullMarked
package io.streamkeeper.bench.report;

import org.jspecify.annotations.NullMarked;

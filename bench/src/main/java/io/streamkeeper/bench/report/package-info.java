/** Results as text, JSON and HTML. */
@NullMarked
package io.streamkeeper.bench.report;

import org.jspecify.annotations.NullMarked;

package io.streamkeeper.protocol.output;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Announces what a test, or each test of a class, logs at WARN or above in some runs: for tests that inject faults at
 * random or race. Where the fault is certain, {@link LogsFaults} fails the test that does not log it.
 */
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface MayLogFaults {
    /** Parts of the messages, as they are written in the source. */
    String[] value();
}

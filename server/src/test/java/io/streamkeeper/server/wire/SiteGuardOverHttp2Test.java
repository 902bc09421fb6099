package io.streamkeeper.server.wire;

import org.junit.jupiter.api.BeforeAll;

/** The same over HTTP/2. */
class SiteGuardOverHttp2Test extends SiteGuardTest {
    @BeforeAll
    static void speakHttp2() {
        SERVER.speakHttp2();
        OPEN.speakHttp2();
    }
}

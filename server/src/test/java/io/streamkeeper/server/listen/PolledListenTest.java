package io.streamkeeper.server.listen;

import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.StreamSource;

/** Listeners on a server, by long-poll. */
class PolledListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return RemoteStreams.at(SERVER.url()).executor(SERVER.executor()).withoutEvents();
    }
}

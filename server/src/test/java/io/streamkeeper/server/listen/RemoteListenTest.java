package io.streamkeeper.server.listen;

import io.streamkeeper.client.http.RemoteStreams;
import io.streamkeeper.client.listen.StreamSource;

/** Listeners of a server, by events where they can be. */
class RemoteListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return RemoteStreams.at(SERVER.url()).executor(SERVER.executor());
    }
}

// What viewers see, on the host's console: fetched only there, and only when the pictures come from somewhere else.
import { Player } from "./live/player.js";

window.Monitor = Player;

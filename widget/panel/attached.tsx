/** What is shown of a file besides its name. */

import { Icon } from "./icons";

export const FileIcon = () => <Icon d="M5.5 2.5h6l3 3v12h-9Zm6 0v3h3" />;

import { render } from 'preact';
import { learnAbout } from './about.js';
import { App } from './app.js';
import { startClock } from './clock.js';
import { followAddress } from './route.js';
import './style.css';

followAddress();
startClock();
void learnAbout();
render(<App />, document.getElementById('app')!);

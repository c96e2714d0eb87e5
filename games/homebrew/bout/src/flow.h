#ifndef FLOW_H
#define FLOW_H
void flow_init(void);
void flow_restart(void);        /* as the board does when its service menu is left: black, then the title */
void flow_update(void);         /* one frame of whatever phase the game is in */
void flow_phase(int phase);
void service_open(void);
void service_update(void);
extern unsigned char select_cursor[2], select_done[2];
const char *opponent_name(int stage);
#endif
